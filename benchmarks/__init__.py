"""What Haveri is measured by: ratios side by side in one run. `make bench` runs all of them."""
