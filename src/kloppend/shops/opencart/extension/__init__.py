"""The extension that a shop installs: one core in PHP, a thin shell per OpenCart generation, and what packs them."""
