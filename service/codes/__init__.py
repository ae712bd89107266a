"""Code lists (代码表): land use, supply method, right nature, bureaus."""
