package workload

import (
	"math"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

const (
	// pcmu is G.711 with the mu law, of 8000 samples a second and an octet each (RFC 3551 6, 4.5.14).
	pcmu, sampleRate = 0, 8000
	// playout is how long a telephone keeps voice back to even out its delay; what is later is not played. Chosen: the
	// fixed buffers of telephones hold 40 to 60 ms.
	playout = 60 * time.Millisecond
	// sample is how long a passage is that listeners judge: 8 s (ITU-T P.800, annex B.1).
	sample = 8 * time.Second
	// bestRating is R with all of G.107's default values (ITU-T G.107, 7.7), and robustness what G.711 with concealment
	// takes of random loss (Bpl, ITU-T G.113, table I.4).
	bestRating, robustness = 93.2, 25.1
)

// voice is how well a call is heard.
type voice struct {
	packet        time.Duration
	least         time.Duration // delay there and back, of all
	transit       time.Duration // of the last packet
	jitter        float64       // ns
	heardAny      bool
	current, last passage
	whole         passage
	worst         float64 // rating of the worst passage; 0: none has ended
	ended         bool
}

// passage is some seconds of voice, however the clock jumped in between.
type passage struct {
	first       uint64 // packet
	sent, heard int
	bursts      int           // runs of packets that were lost
	delay       time.Duration // of all that was heard, in sum
}

// say counts a packet that is sent.
func (v *voice) say(n uint64) {
	if time.Duration(v.current.sent)*v.packet >= sample {
		v.end(v.last) // what was sent in it has long been heard, or never will be
		v.last, v.current = v.current, passage{first: n}
	}
	v.current.sent++
	v.whole.sent++
}

func (v *voice) end(p passage) {
	if p.sent == 0 {
		return
	}
	if r := p.rating(v.packet); !v.ended || r < v.worst {
		v.worst, v.ended = r, true
	}
}

// hear counts a packet that came back, and whether those just before it were lost.
func (v *voice) hear(n uint64, delay time.Duration, lost bool) {
	if !v.heardAny || delay < v.least {
		v.least = delay
	}
	if v.heardAny { // RFC 3550 6.4.1, A.8
		v.jitter += (math.Abs(float64(delay-v.transit)) - v.jitter) / 16
	}
	v.transit, v.heardAny = delay, true
	if delay-v.least > playout {
		return
	}
	in := &v.current
	if n < in.first {
		in = &v.last
	}
	for _, p := range []*passage{in, &v.whole} {
		p.heard++
		p.delay += delay
		if lost {
			p.bursts++
		}
	}
}

// rating is R of the E-model (ITU-T G.107, 7.1): what delay and loss take from the best.
func (p *passage) rating(packet time.Duration) float64 {
	if p.heard == 0 {
		return 0
	}
	loss := 1 - float64(p.heard)/float64(p.sent)
	burst := 1.0
	if p.bursts > 0 {
		burst = max(1, float64(p.sent-p.heard)/float64(p.bursts)*(1-loss))
	}
	oneWay := p.delay/time.Duration(2*p.heard) + packet + playout
	return max(0, bestRating-delayImpairment(oneWay)-lossImpairment(100*loss, burst))
}

// delayImpairment is Idd (ITU-T G.107, 7.4): nothing up to 100 ms.
func delayImpairment(oneWay time.Duration) float64 {
	ta := float64(oneWay) / float64(time.Millisecond)
	if ta <= 100 {
		return 0
	}
	x := math.Log2(ta / 100)
	return 25 * (math.Pow(1+math.Pow(x, 6), 1.0/6) - 3*math.Pow(1+math.Pow(x/3, 6), 1.0/6) + 2)
}

// lossImpairment is Ie,eff of a codec that takes nothing by itself (ITU-T G.107, 7.5); loss is in per cent.
func lossImpairment(loss, burst float64) float64 {
	return 95 * loss / (loss/burst + robustness)
}

// opinion is the mean opinion score that belongs to R (ITU-T G.107, annex B).
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}

// figures tells what was heard of it all.
func (v *voice) figures() []sim.Figure {
	if v.whole.sent == 0 {
		return nil
	}
	end := *v
	end.end(end.last)
	whole := end.whole.rating(v.packet)
	if !end.ended || whole < end.worst { // too short for a passage, or bad in one that has not ended
		end.worst = whole
	}
	return []sim.Figure{
		{Name: "MOS", Value: round2(opinion(whole)), Fold: sim.Least},
		{Name: "worst 8s MOS", Value: round2(opinion(end.worst)), Fold: sim.Least},
		{Name: "voice lost", Value: round2(100 - 100*float64(end.whole.heard)/float64(end.whole.sent)), Unit: "%", Fold: sim.Most},
		{Name: "jitter", Value: round2(v.jitter / float64(time.Millisecond)), Unit: "ms", Fold: sim.Most},
	}
}

func round2(x float64) float64 { return math.Round(100*x) / 100 }
