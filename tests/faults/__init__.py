"""Faults on purpose: processes killed, disks full, power lost; and what must hold afterwards.

Each kind of fault has a module here that makes it and says what was wrong afterwards, and a test that asks for a
number of them. ``CROSSBEARING_FAULTS`` is that number: 5 by default, which fits into the test suite; from 1000
on nothing is left out that the default samples.

=================  ==================================================================================================
``kills``          SIGKILL at random moments of taking evidence in, deriving, judging; and again while it is repeated
``boundaries``     SIGKILL before and after every call that changes the disk
``test_disk``      full disk, errors and short writes at the calls by which SQLite writes
``test_writers``   eight processes write one log and are killed at random, on SQLite and on PostgreSQL
=================  ==================================================================================================

How a trial runs: a process imports everything, opens nothing and starts no thread (``harness``); it forks a child
for each trial. The child says through a pipe what has returned to it. After the fault, further children look at what
is there, repeat what was interrupted, and compare the end with a run that nothing disturbed.

What each proves, and what it does not:

* A kill takes the process, not the machine. The kernel still writes what it was given, so a kill proves nothing
  about syncs. A model of power loss is still to come.
* A disk that says it synced and did not is outside of all this.
"""
