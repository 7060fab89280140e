"""How the files of a connection travel: chosen here, tried before it counts."""
