package app

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// operation is an operation of the API with nothing but an id.
func operation(id string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/" + id}
}

func nothingHappens(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil }
