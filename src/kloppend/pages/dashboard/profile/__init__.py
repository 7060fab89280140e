"""The layout of the files for Asperion: seen, changed, tried on a real order, compared with a sample, vouched for."""
