"""WHAT a campaign is: its tables, its rules, and the front ends through which people use it."""
