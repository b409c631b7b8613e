package guard

// Place returns the line of the fault, for readers outside of format that report it; the offset
// is not known (-1).
func (e *Error) Place() (offset int64, line int) { return -1, e.Line }
