package main

import (
	"context"
	"fmt"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

const (
	// mostEither is the largest part of conversations of which the predictions may leave open whether they have an outage:
	// beyond it, that both worlds agree says little. Chosen.
	mostEither = 0.05
	// enoughTalk is from how many conversations on their share is judged: of fewer, chance decides. Chosen: some hundred
	// incidents' worth.
	enoughTalk = 200
	// patientTries is how often an incident is played that proves nothing: a busy machine calms down, or it does not.
	patientTries = 3
	// mostShrinks bounds the search for the smallest disagreement: some minutes.
	mostShrinks = 60
)

// randomTally is what random incidents came to.
type randomTally struct {
	agreed, doubtful      int
	either, conversations int
}

// verifyRandom plays random incidents in both worlds, until one is found on which they disagree.
func (a *app) verifyRandom(ctx context.Context, many int, seed uint64) error {
	var t randomTally
	for i := range many {
		r := scenarios.NewRandom(seed + uint64(i))
		fmt.Fprintf(a.Stderr, "%d of %d: seed %d\n", i+1, many, seed+uint64(i))
		c, err := a.randomPlayed(ctx, r, &t)
		switch {
		case err != nil:
			return fmt.Errorf("random incident of seed %d: %w", seed+uint64(i), err)
		case c.Doubt != "":
			t.doubtful++
			fmt.Fprintf(a.Stdout, "seed %d proves nothing: %s\n", seed+uint64(i), c.Doubt)
		case !c.Agrees():
			return a.disagreed(ctx, r, c)
		default:
			t.agreed++
		}
	}
	return a.randomResult(many, t)
}

// randomPlayed plays an incident in both worlds, again when it proves nothing.
func (a *app) randomPlayed(ctx context.Context, r scenarios.Random, t *randomTally) (c sweep.Confirmation, err error) {
	sc, err := r.Scenario()
	if err != nil {
		return c, err
	}
	predicted, err := prediction.Predict(sc, model.Replay)
	if err != nil {
		return c, err
	}
	either, all := prediction.Either(predicted...)
	t.either, t.conversations = t.either+either, t.conversations+all
	for range patientTries {
		if c, err = a.measured(ctx, sc); err != nil || c.Doubt == "" {
			break
		}
	}
	return c, err
}

// disagreed looks for the smallest incident on which the worlds disagree, and shows it.
func (a *app) disagreed(ctx context.Context, r scenarios.Random, c sweep.Confirmation) error {
	for tries := 0; ; {
		smaller, found, err := a.smaller(ctx, r, &tries)
		if err != nil {
			return err
		}
		if smaller == nil {
			break
		}
		r, c = *smaller, found
	}
	fmt.Fprintf(a.Stdout, "THE WORLDS DISAGREE %d times on this, the smallest found:\n\n%s\n", len(c.Disagreements), r)
	for _, d := range c.Disagreements {
		fmt.Fprintf(a.Stdout, "  %s\n", d)
	}
	return found{exitNotAsAsked, "the worlds disagree"}
}

// smaller is an incident with a part less on which the worlds disagree as well; nil when there is none.
func (a *app) smaller(ctx context.Context, r scenarios.Random, tries *int) (*scenarios.Random, sweep.Confirmation, error) {
	for _, less := range r.Smaller() {
		if *tries++; *tries > mostShrinks {
			break
		}
		fmt.Fprintf(a.Stderr, "disagreement: looks for a smaller one, try %d\n", *tries)
		c, err := a.randomPlayed(ctx, less, &randomTally{})
		if err != nil {
			return nil, c, err
		}
		if len(c.Disagreements) > 0 {
			return &less, c, nil
		}
	}
	return nil, sweep.Confirmation{}, nil
}

// randomResult says what all incidents came to.
func (a *app) randomResult(many int, t randomTally) error {
	share := float64(t.either) / float64(max(1, t.conversations))
	fmt.Fprintf(a.Stdout, "BOTH WORLDS AGREE on %d of %d random incidents\n", t.agreed, many)
	fmt.Fprintf(a.Stdout, "%d of %d conversations (%.1f %%) may have an outage or not, by what is predicted\n", t.either, t.conversations, 100*share)
	switch {
	case share > mostEither && t.conversations >= enoughTalk:
		fmt.Fprintf(a.Stdout, "that is more than %.0f %%: agreement says little\n", 100*mostEither)
		return found{exitNotAsAsked, "too much is left open"}
	case t.doubtful > 0:
		return found{exitInconclusive, "some prove nothing"}
	}
	return nil
}
