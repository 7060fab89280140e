"""SFTP servers of others: their key is pinned, their address guarded, and every step has a time limit."""
