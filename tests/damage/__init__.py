"""Files broken on purpose, and what must hold of them: nothing fails, nothing hangs, no byte is lost without a word.

``seeds`` and ``containers`` have valid files of every kind, ``harm`` breaks them, ``account`` says what was wrong
afterwards. ``CROSSBEARING_DAMAGE`` is how many files are broken for each reader: 20 by default, which fits into the
test suite; ``make damage`` asks for 1,000, so more than 10,000 files of all kinds.

What is held, for every reader:

* No exception but those of ``CrossbearingError``, and no file takes longer than ten seconds.
* Bytes in = bytes in rows + bytes in reported stretches + structure. Each byte of a broken file knows where in the
  valid file it stood. What was part of a row there is in a row or a reported stretch here, and so is junk between two
  such bytes. Structure is the rest: what was no row before the damage.
* Rows, and rows refused, are numbered from 1 without gaps in each table, and no byte is in two of them.
* Bytes changed within one row cost this row, and at most its neighbours (``account.RESUMES``).

For containers the content is compared: a member that does not come back as it was packed is on record.
"""
