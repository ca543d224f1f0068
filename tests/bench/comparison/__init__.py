"""CPU time of demo-server beside that of its peers and of a plain floor; see tests/bench/compare --help."""
