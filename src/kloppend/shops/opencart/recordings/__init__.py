"""Order rows of real OpenCart stores, one file per version, as their databases hold them. All people are invented."""
