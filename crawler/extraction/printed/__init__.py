"""What a reader of the page sees around the text: headline, standfirst, names, times, topics, pictures."""
