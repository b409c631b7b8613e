package kengine

import (
	"context"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/kengine/decide"
)

func idText(id ssvc.ID) string { return id.String() }

// draftInput says what a draft begins with.
type draftInput struct {
	Body struct {
		Builtin string `json:"builtin,omitempty" maxLength:"100" doc:"Key of a built-in model"`
		Copy    string `json:"copy,omitempty" maxLength:"64" doc:"Id of a version of the own organisation"`
		Source  string `json:"source,omitempty" doc:"A model as YAML, an SSVC 2.0.0 decision table, or a tree of the older SSVC calculator"`
		File    string `json:"file,omitempty" maxLength:"200" doc:"Name of the source, for people"`
		Key     string `json:"key,omitempty" maxLength:"100" doc:"Key of the new model; absent: that of what it begins with"`
		Missing string `json:"missing,omitempty" maxLength:"200" doc:"Outcome of combinations that an older tree leaves out"`
	}
}

func (in *draftInput) draft() (NewDraft, error) {
	b := &in.Body
	n := NewDraft{Builtin: b.Builtin, Copy: b.Copy, File: b.File, Key: b.Key, Missing: b.Missing}
	given := 0
	for _, v := range []string{b.Builtin, b.Copy, b.Source} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return n, fault.New(fault.Invalid, "kengine.model").Field("builtin", "kengine.model.one_beginning")
	}
	if b.Source != "" {
		n.Source = []byte(b.Source)
	}
	return n, nil
}

// Edited is the state of a version that the caller saw.
type Edited struct {
	Edit int64 `json:"edit" minimum:"0" doc:"As it was read; another one is refused"`
}

// modelDeeds declares what can be done to models.
func (s *Service) modelDeeds(a *api.API) {
	apiDeed(a, "kengine-model-create", "/models", "Make a draft", PermModelEdit(), func(ctx context.Context, in *draftInput) (*answer[apiModelFull], error) {
		n, err := in.draft()
		if err != nil {
			return nil, err
		}
		id, err := s.CreateDraft(ctx, api.Actor(ctx), n)
		return s.modelAfter(ctx, id, err)
	})
	type text struct {
		ModelPath
		Body struct {
			Edited
			Source string `json:"source" minLength:"1" doc:"The model as YAML"`
		}
	}
	apiDeed(a, "kengine-model-text", "/models/{id}/text", "Replace the text of a draft", PermModelEdit(), func(ctx context.Context, in *text) (*answer[apiModelFull], error) {
		return s.modelAfter(ctx, in.ID, s.SaveDraft(ctx, api.Actor(ctx), in.ID, in.Body.Edit, in.Body.Source))
	})
	apiDeed(a, "kengine-model-edit", "/models/{id}/edit", "Change a draft by one act of its editor", PermModelEdit(),
		func(ctx context.Context, in *editInput) (*answer[apiModelFull], error) {
			return s.modelAfter(ctx, in.ID, s.EditDraft(ctx, api.Actor(ctx), in.ID, in.Body.Edit, in.edit()))
		})
	type plain struct {
		ModelPath
		Body Edited
	}
	apiDeed(a, "kengine-model-activate", "/models/{id}/activate", "Put a version into force", PermModelActivate(),
		func(ctx context.Context, in *plain) (*answer[apiModelFull], error) {
			return s.modelAfter(ctx, in.ID, s.Activate(ctx, api.Actor(ctx), in.ID, in.Body.Edit))
		})
	apiDeed(a, "kengine-model-retire", "/models/{id}/retire", "Take a version out of force", PermModelActivate(),
		func(ctx context.Context, in *plain) (*answer[apiModelFull], error) {
			return s.modelAfter(ctx, in.ID, s.Retire(ctx, api.Actor(ctx), in.ID, in.Body.Edit))
		})
	apiDeed(a, "kengine-model-discard", "/models/{id}/discard", "Delete a draft", PermModelEdit(), func(ctx context.Context, in *plain) (*struct{}, error) {
		if err := s.DiscardDraft(ctx, api.Actor(ctx), in.ID, in.Body.Edit); err != nil {
			return nil, err
		}
		return &struct{}{}, nil
	})
}

// editInput is one act of the editor of a draft.
type editInput struct {
	ModelPath
	Body struct {
		Edited
		Kind        string   `json:"kind" enum:"name,row,outcome,ask,split,merge,up,down,grow,flatten,add,drop,action,decision,default,fact-text"`
		Node        string   `json:"node,omitempty" maxLength:"300" doc:"Id of the fact that the node decides"`
		Place       []int    `json:"place,omitempty" maxItems:"64" doc:"Place in a tree: the answer positions that lead there"`
		Answer      int      `json:"answer,omitempty" minimum:"0"`
		Row         int      `json:"row,omitempty" minimum:"0"`
		Fact        string   `json:"fact,omitempty" maxLength:"300"`
		Value       string   `json:"value,omitempty" maxLength:"200"`
		Values      []string `json:"values,omitempty" maxItems:"64"`
		Outcome     string   `json:"outcome,omitempty" maxLength:"200"`
		Decision    string   `json:"decision,omitempty" maxLength:"200"`
		Text        apiText  `json:"text,omitempty"`
		Description apiText  `json:"description,omitempty"`
		Role        apiText  `json:"role,omitempty"`
		Due         string   `json:"due,omitempty" maxLength:"50"`
		Mark        string   `json:"mark,omitempty" maxLength:"10"`
	}
}

func (in *editInput) edit() ModelEdit {
	b := &in.Body
	return ModelEdit{
		Kind: EditKind(b.Kind), Node: b.Node, Place: b.Place, Answer: b.Answer, Row: b.Row, Fact: b.Fact, Value: b.Value, Values: b.Values,
		Outcome: b.Outcome, Decision: b.Decision, Text: b.Text.text(), Description: b.Description.text(), Role: b.Role.text(),
		Due: b.Due, Mark: decide.Mark(b.Mark),
	}
}
