"""Motion: the only asynchronous part of the bridge. It waits, loops and repeats, and decides nothing."""
