"""What the `haveri` commands do, one file each; `haveri_tool.cli` says how they are called."""
