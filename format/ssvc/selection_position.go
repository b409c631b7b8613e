package ssvc

// Select makes the selection of the values at these positions of a decision
// point, with the names of point and values.
func Select(p DecisionPoint, positions ...int) Selection {
	s := Selection{ID: p.ID, Name: p.Name}
	for _, i := range positions {
		s.Values = append(s.Values, SelectionValue{Key: p.Values[i].Key, Name: p.Values[i].Name})
	}
	return s
}

// Positions gives the positions of the selected values in the decision point;
// keys that the point does not have are returned as unmapped.
func (s Selection) Positions(p DecisionPoint) ([]int, []Unmapped) {
	var at []int
	var unmapped []Unmapped
	for _, v := range s.Values {
		if i := p.Index(v.Key); i >= 0 {
			at = append(at, i)
		} else {
			unmapped = append(unmapped, Unmapped{Name: s.ID.String(), Value: v.Key, Reason: "value"})
		}
	}
	return at, unmapped
}

// PositionsIn gives the positions in a pinned version of a decision point of a
// selection that may have been made with another version. With the same major
// number a value is found by its key; with another one key and name must agree
// as well, because the same key may have got another meaning. What is not found
// is unmapped.
func (s Selection) PositionsIn(pin DecisionPoint, points Source) ([]int, []Unmapped) {
	if s.ID == pin.ID {
		return s.Positions(pin)
	}
	was, known := points.Point(s.ID)
	if s.ID.Namespace != pin.ID.Namespace || s.ID.Key != pin.ID.Key || !known {
		return nil, []Unmapped{{Name: s.ID.String(), Reason: "name"}}
	}
	from, _ := splitVersion(s.ID.Version)
	to, _ := splitVersion(pin.ID.Version)
	var at []int
	var unmapped []Unmapped
	for _, v := range s.Values {
		i, old := pin.Index(v.Key), was.Index(v.Key)
		if i < 0 || old < 0 || from[0] != to[0] && foldName(was.Values[old].Name) != foldName(pin.Values[i].Name) {
			unmapped = append(unmapped, Unmapped{Name: s.ID.String(), Value: v.Key, Reason: "value"})
			continue
		}
		at = append(at, i)
	}
	return at, unmapped
}
