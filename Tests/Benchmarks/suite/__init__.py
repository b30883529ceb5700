"""The benchmark suite: see ../run."""
