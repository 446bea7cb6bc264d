"""The workbench: pages for one person, served on the loopback address of the machine they sit at."""
