"""How often the tests cry wolf and the intervals hold the truth, by seeded simulation.

    python -m tests.calibration --write

runs every scenario at full size and writes the table of docs/explanation/calibration.md. The suite
runs the same scenarios at a smaller size.
"""
