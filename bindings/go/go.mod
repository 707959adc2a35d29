module example.invalid/swt

go 1.19
