"""Bytes searched for that break something: coverage-guided fuzzing with Atheris, which is libFuzzer.

``targets`` has a function from bytes for each reader, for containers, pages and the extraction, and says what may not
happen. ``make fuzz`` gives each of them a million inputs; ``python -m fuzz`` prints a line for each. Every process
fuzzes one target.

Our own code is instrumented, so that an input that takes a new way through it is kept and changed further. What is
compiled is not: the value lists of mysqldump files (numba), Arrow, SQLite, Pillow, lexbor, the decompressors. They run
as they run in an operation, since numba without its compiler is a hundred times too slow; their ways are not seen.
Inputs begin as the small valid files of ``damage.seeds``; an input that fails is kept under ``build/fuzz`` and holds
nothing but changed seeds.
"""
