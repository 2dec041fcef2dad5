"""The store: a dataset at one version, asked in processes that can always be killed."""
