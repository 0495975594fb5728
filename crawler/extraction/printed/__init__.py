"""The printed parts of a page around its text: headline, standfirst, names, times, topics, pictures."""
