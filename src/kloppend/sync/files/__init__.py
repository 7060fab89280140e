"""Everything about the files: sealed in one transaction, placed by renaming, taken by a person, called back.

sealed --written to staging, fsync--> staged --renamed, fsync--> placed --somebody takes it--> fetched
                                                                   `--renamed back in time--> recalled
"""
