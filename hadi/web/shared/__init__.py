"""What the places of the web share: pages, boards, languages, assets."""
