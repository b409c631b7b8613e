package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorIsItsKind(t *testing.T) {
	t.Parallel()
	for kind := NotFound; kind <= Limit; kind++ {
		err := fmt.Errorf("room: do 1: %w", New(kind, "room.thing", "1"))
		for other := NotFound; other <= Limit; other++ {
			if got, want := errors.Is(err, other), kind == other; got != want {
				t.Errorf("errors.Is(%v, %v) = %v, want %v", err, other, got, want)
			}
		}
	}
}

func TestErrorNamesThingFieldsAndCause(t *testing.T) {
	t.Parallel()
	f := New(Invalid, "room.thing", "7").Field("title", "too_long", "max", 10).Because(io.ErrUnexpectedEOF)
	if got, want := f.Error(), "room.thing 7: invalid [title too_long]: unexpected EOF"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if f.Fields[0].Args["max"] != 10 {
		t.Errorf("Args = %v, want max 10", f.Fields[0].Args)
	}
	if !errors.Is(f, io.ErrUnexpectedEOF) {
		t.Error("the cause is not in the chain")
	}
}

func TestOrNil(t *testing.T) {
	t.Parallel()
	var none *Error
	if none.OrNil() != nil || New(Invalid, "room.form").OrNil() != nil {
		t.Error("a fault without fields is not an error")
	}
	if New(Invalid, "room.form").Field("a", "required").OrNil() == nil {
		t.Error("a fault with a field is an error")
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	f := New(Denied, "room.thing")
	if got := Of(fmt.Errorf("a: %w", f)); got != f {
		t.Errorf("Of() = %v, want %v", got, f)
	}
	if got := Of(io.EOF); got != nil {
		t.Errorf("Of(io.EOF) = %v, want nil", got)
	}
}
