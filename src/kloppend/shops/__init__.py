"""Where orders come from: the port every shop system fits, and one folder per shop system."""
