"""Pages are doctested; what builds the site from them, and what it makes, is not."""

collect_ignore_glob = ["*.py", "gallery/*", "api/*", "measured/*"]
