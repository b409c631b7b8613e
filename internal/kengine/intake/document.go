package intake

func (d *decoder) json(data []byte)  { d.refuse(0, 0, ReasonUnknownKind, nil) }
func (d *decoder) xml(data []byte)   { d.refuse(0, 0, ReasonUnknownKind, nil) }
func (d *decoder) lines(data []byte) { d.refuse(0, 0, ReasonUnknownKind, nil) }
