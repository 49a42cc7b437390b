package sweep

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// PartSchema names the JSON form of a Part.
const PartSchema = "dcdrill/sweep-shard/v1"

// ErrShards are shards that are not the whole of one sweep.
var ErrShards = errors.New("these shards are not one sweep")

// Shard is a share of a sweep's work: the Index-th of Of, counted from 1.
type Shard struct{ Index, Of int }

// owns says whether a piece of work is this shard's.
func (s Shard) owns(i int) bool { return i%s.Of == s.Index-1 }

// String is as typed: 2/5.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Part is what one shard found. It says nothing to people: Merge makes a result of all of them.
type Part struct {
	Schema string `json:"schema"`
	// Sweep is the same for the shards of one sweep: of one plant, and of one question.
	Sweep string `json:"sweep"`
	Shard Shard  `json:"shard"`
	// Question is what was asked, so that Merge need not be told again.
	Question Question `json:"question"`
	// Classes are the minimal cut sets of each class of equal flows, Outcomes who is down after each set that was played.
	Classes  map[int][]set   `json:"classes"`
	Outcomes map[int]outcome `json:"outcomes,omitempty"`
	// Unserved are workloads that are not served although nothing has failed, and were not played.
	Unserved []string `json:"unserved,omitempty"`
}

// Question is what a sweep was asked, beside its plant.
type Question struct {
	Depth     int      `json:"k"`
	Workloads []string `json:"workloads,omitempty"`
	Played    bool     `json:"played,omitempty"`
	Most      int      `json:"most,omitempty"`
	Seed      uint64   `json:"seed,omitempty"`
}

// question is what the options ask.
func (o Options) question() Question {
	q := Question{Depth: o.Depth, Workloads: o.Workloads, Played: o.Trials.Replay != nil}
	if q.Played {
		q.Most, q.Seed = o.Trials.Most, o.Trials.Seed
	}
	return q
}

// ask makes the options ask a question.
func (o *Options) ask(q Question) {
	o.Depth, o.Workloads = q.Depth, q.Workloads
	o.Trials.Most, o.Trials.Seed = q.Most, q.Seed
	if !q.Played {
		o.Trials = Trials{}
	}
}

// RunShard does a share of what Run does.
func RunShard(ctx context.Context, p *topology.Plant, uses []*sim.Use, o Options, shard Shard) (*Part, error) {
	s, err := newSweep(p, uses, o)
	if err != nil {
		return nil, err
	}
	return s.part(ctx, shard)
}

// part does a shard's work.
func (s *sweep) part(ctx context.Context, shard Shard) (*Part, error) {
	part := &Part{Schema: PartSchema, Sweep: s.digest(), Shard: shard, Question: s.opts.question(), Classes: map[int][]set{}}
	if err := s.search(ctx, part); err != nil {
		return nil, err
	}
	return part, s.try(ctx, part)
}

// digest tells this sweep from all others.
func (s *sweep) digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%+v\n%d\n", s.opts.Plant, s.opts.question(), len(s.classes.all))
	for _, f := range s.fates.all {
		fmt.Fprintln(sum, f)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// search finds the cut sets of a shard's classes.
func (s *sweep) search(ctx context.Context, part *Part) error {
	x := newSearch(ctx, s.graph, s.fates, s.opts.Depth)
	all := s.classes.all
	for i, c := range all {
		if !part.Shard.owns(i) {
			continue
		}
		part.Classes[i] = x.cuts(c.ways)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("sweep %d of %d classes of flows: %w", i, len(all), err)
		}
		if s.opts.Progress != nil {
			s.opts.Progress("kinds of conversations", i/part.Shard.Of+1, (len(all)+part.Shard.Of-part.Shard.Index)/part.Shard.Of)
		}
	}
	return nil
}

// try plays a shard's sets.
func (s *sweep) try(ctx context.Context, part *Part) error {
	if s.opts.Trials.Replay == nil {
		return nil
	}
	rig, unserved, err := newRig(s.plant, s.uses, s.failures, s.opts.Trials)
	if err != nil || len(rig.uses) == 0 {
		part.Unserved = unserved
		return err
	}
	var mine []int
	for i := range s.sets {
		if part.Shard.owns(i) {
			mine = append(mine, i)
		}
	}
	found := make([]outcome, len(mine))
	err = sim.Each(ctx, len(mine), func(i int) (err error) {
		found[i], err = rig.play(s.sets[mine[i]])
		return err
	}, func(over int) {
		if s.opts.Progress != nil {
			s.opts.Progress("sets of failures", over, len(mine))
		}
	})
	part.Unserved, part.Outcomes = unserved, map[int]outcome{}
	for i, o := range found {
		part.Outcomes[mine[i]] = o
	}
	return err
}

// Merge makes the result of a sweep of its shards: what Run would have found. Shards that overlap, are missing, or are of
// another sweep or plant are ErrShards. Of o only what a sweep cannot know by itself counts: Plant, and how to play.
func Merge(p *topology.Plant, uses []*sim.Use, o Options, parts []*Part) (*Result, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("merge: %w: there is none", ErrShards)
	}
	o.ask(parts[0].Question)
	s, err := newSweep(p, uses, o)
	if err != nil {
		return nil, err
	}
	if err := s.whole(parts); err != nil {
		return nil, fmt.Errorf("merge: %w: %w", ErrShards, err)
	}
	return s.result(parts), nil
}

// whole says why parts are not the whole of this sweep.
func (s *sweep) whole(parts []*Part) error {
	of, digest := parts[0].Shard.Of, s.digest()
	seen := map[int]bool{}
	for _, part := range parts {
		at := part.Shard.Index - 1
		switch {
		case part.Schema != PartSchema:
			return fmt.Errorf("shard %s says it is %q, this program reads %q", part.Shard, part.Schema, PartSchema)
		case part.Sweep != digest:
			return fmt.Errorf("shard %s is of another plant, or asked another question", part.Shard)
		case part.Shard.Of != of:
			return fmt.Errorf("shards %s and %s are of different divisions", parts[0].Shard, part.Shard)
		case at < 0 || at >= of:
			return fmt.Errorf("there can be no shard %s", part.Shard)
		case seen[at]:
			return fmt.Errorf("shard %s is there twice", part.Shard)
		case !s.complete(part):
			return fmt.Errorf("shard %s is damaged", part.Shard)
		}
		seen[at] = true
	}
	if len(parts) < of {
		return fmt.Errorf("%s missing", strings.Join(missing(parts, of), ", "))
	}
	return nil
}

// missing names the shards that are not there.
func missing(parts []*Part, of int) []string {
	var names []string
	for i := 1; i <= of; i++ {
		if !slices.ContainsFunc(parts, func(p *Part) bool { return p.Shard.Index == i }) {
			names = append(names, Shard{i, of}.String())
		}
	}
	return names
}

// complete says whether a part holds an answer to each of its pieces of work, and no other.
func (s *sweep) complete(part *Part) bool {
	want := 0
	for i := range s.classes.all {
		cuts, some := part.Classes[i]
		if some != part.Shard.owns(i) || slices.ContainsFunc(cuts, func(c set) bool { return !s.known(c) }) {
			return false
		}
		want += flag(some)
	}
	if len(part.Classes) != want {
		return false
	}
	if len(part.Unserved) == len(s.uses) {
		return len(part.Outcomes) == 0
	}
	want = 0
	for i := range s.sets {
		o, some := part.Outcomes[i]
		if some != part.Shard.owns(i) || !s.possible(o) {
			return false
		}
		want += flag(some)
	}
	return len(part.Outcomes) == want
}

// known says whether a set is one of fates of this plant.
func (s *sweep) known(c set) bool {
	return !slices.ContainsFunc(c[:], func(x int32) bool { return x < none || int(x) >= len(s.fates.all) })
}

// possible says whether an outcome is one of members of this sweep.
func (s *sweep) possible(o outcome) bool {
	total := 0
	for _, u := range s.uses {
		total += len(u.Members)
	}
	wrong := func(m int) bool { return m < 0 || m >= total }
	return !slices.ContainsFunc(o[:], func(down []int) bool { return slices.ContainsFunc(down, wrong) })
}
