// Package recovery is what puts an incident right: people, what they know, what they need, and how long each thing takes them.
//
//	log ──> view ──> alarm ──> diagnose ──> reseat ──> order, fit ──> power-cycle ──> repair ──> test, verify
//	  │              what monitoring    one link     a part that    one machine     those that    one by one
//	  │              and users see      at a time    is known dead  after another   do not boot
//	  └── everything is a task of one person: it waits for a person with the skill, a tool, a part or what it needs
//
// People know only what can be seen: conversations that are served or not, ports without carrier, the hypervisor's lists.
// They act with sim.Hands. All of it happens in scenario time on the run's loop, the same in both worlds.
package recovery
