"""The demo: simulated stores with recorded real orders, the real pipeline, real files."""
