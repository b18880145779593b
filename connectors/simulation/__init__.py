"""Stand-ins for platforms: a pretend telephone network, a clock that can run faster, faults that can be replayed."""
