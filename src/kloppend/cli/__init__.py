"""The commands of Kloppend."""
