// Command noroshi is the software a CSIRT runs on. See `noroshi --help`.
package main

import (
	"os"

	"noroshi.dev/internal/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], app.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
}
