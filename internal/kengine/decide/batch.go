package decide

// maxMemo bounds the number of remembered input combinations of one decision.
const maxMemo = 1 << 20

// narrow is the widest memo key, in bits, that is looked up in an array.
const narrow = 16

// blank marks an unused place of the array memo; a result that equals it (all
// of 64 outcomes) is computed each time.
const blank = ^Set(0)

// Evaluator decides many reports with one model and remembers what it has
// computed: reports are many, distinct combinations of knowledge few. It must
// not be used by two goroutines at once; make one for each.
type Evaluator struct {
	c     *Compiled
	work  *scratch
	row   []Set
	memos []memo
}

type memo struct {
	array []Set
	small map[uint64]Outcome
	large map[string]Outcome
	key   []byte
}

// NewEvaluator makes an evaluator without memories.
func (c *Compiled) NewEvaluator() *Evaluator {
	e := &Evaluator{c: c, work: newScratch(c), row: make([]Set, len(c.inputs)), memos: make([]memo, len(c.decisions))}
	for d := range c.decisions {
		p := &c.decisions[d]
		switch {
		case p.bits <= narrow && p.joint != nil:
			e.memos[d].array = make([]Set, 1<<p.bits)
			for i := range e.memos[d].array {
				e.memos[d].array[i] = blank
			}
		case p.bits <= 64:
			e.memos[d].small = map[uint64]Outcome{}
		default:
			e.memos[d].large = map[string]Outcome{}
			e.memos[d].key = make([]byte, 8*len(p.inputs))
		}
	}
	return e
}

// DecideAll decides n reports at once. columns[i][r] is what is known of input
// i (in the order of Compiled.Inputs) of report r; a nil column is unknown for
// all, an empty set for that report. out[d][r] receives the outcomes of
// decision d; a nil out[d] is skipped. It returns how many results are not
// exact.
func (e *Evaluator) DecideAll(columns [][]Set, n int, out [][]Set) (inexact int) {
	for d := range e.c.decisions {
		if d >= len(out) || out[d] == nil {
			continue
		}
		switch {
		case e.memos[d].array != nil:
			e.byArray(d, columns, n, out[d])
		default:
			inexact += e.byMap(d, columns, n, out[d])
		}
	}
	return inexact
}

// block is the number of reports whose keys are built together, small enough
// for the first-level cache.
const block = 512

func (e *Evaluator) byArray(d int, columns [][]Set, n int, out []Set) {
	var keys [block]uint32
	p := &e.c.decisions[d]
	array := e.memos[d].array
	for from := 0; from < n; from += block {
		m := min(block, n-from)
		clear(keys[:m])
		for i, col := range p.inputs {
			full := Full(p.sizes[i])
			shift := p.shifts[i]
			if col >= len(columns) || columns[col] == nil {
				for r := range m {
					keys[r] |= uint32(full << shift)
				}
				continue
			}
			for r, s := range columns[col][from : from+m] {
				if s &= full; s == 0 {
					s = full
				}
				keys[r] |= uint32(s << shift)
			}
		}
		for r, k := range keys[:m] {
			s := array[k]
			if s == blank {
				s = e.compute(d, columns, from+r).Set
				array[k] = s
			}
			out[from+r] = s
		}
	}
}

func (e *Evaluator) byMap(d int, columns [][]Set, n int, out []Set) (inexact int) {
	p := &e.c.decisions[d]
	m := &e.memos[d]
	for r := range n {
		e.fill(p, columns, r)
		o, ok := m.find(p, e.row)
		if !ok {
			o = e.c.decide(d, e.row, e.work)
			m.store(p, e.row, o)
		}
		if out[r] = o.Set; !o.Exact {
			inexact++
		}
	}
	return inexact
}

func (e *Evaluator) compute(d int, columns [][]Set, r int) Outcome {
	e.fill(&e.c.decisions[d], columns, r)
	return e.c.decide(d, e.row, e.work)
}

// fill sets the inputs of a plan for one report.
func (e *Evaluator) fill(p *plan, columns [][]Set, r int) {
	for i, col := range p.inputs {
		var s Set
		if col < len(columns) && columns[col] != nil {
			s = columns[col][r]
		}
		e.row[col] = s.known(p.sizes[i])
	}
}

func (m *memo) find(p *plan, row []Set) (Outcome, bool) {
	if m.small != nil {
		o, ok := m.small[packed(p, row)]
		return o, ok
	}
	o, ok := m.large[string(m.bytes(p, row))]
	return o, ok
}

func (m *memo) store(p *plan, row []Set, o Outcome) {
	if m.small != nil {
		if len(m.small) >= maxMemo {
			clear(m.small)
		}
		m.small[packed(p, row)] = o
		return
	}
	if len(m.large) >= maxMemo {
		clear(m.large)
	}
	m.large[string(m.bytes(p, row))] = o
}

func packed(p *plan, row []Set) uint64 {
	var k uint64
	for i, col := range p.inputs {
		k |= uint64(row[col]) << p.shifts[i]
	}
	return k
}

func (m *memo) bytes(p *plan, row []Set) []byte {
	for i, col := range p.inputs {
		s := row[col]
		for b := range 8 {
			m.key[8*i+b] = byte(s >> (8 * b))
		}
	}
	return m.key
}
