package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// word is something that files say, or that the gate does, and what can be said of it.
type word struct {
	name, sort, doc string
	fields          []yamlfile.Field
}

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain WORD...",
		Short: "Say what a word means and what it can be told: a fault, a workload, a check, a rule, a part of a file",
		Long: `Say what a word means and what it can be told: faults, workloads and checks by their kind (dcdrill list), rules of
dcdrill check, and the parts of files: topology, network, gateway, node, port, link, bond, stp, group, pair, guard,
boot, routing, volume, datastore, scenario and entry.`,
		Example: `  dcdrill explain reboot
  dcdrill explain bond gateway
  dcdrill explain single-point`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return wordNames(glossary()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			all := glossary()
			var text strings.Builder
			for _, name := range args {
				if err := meaning(&text, all, name); err != nil {
					return err
				}
			}
			return a.writeFolded(text.String())
		},
	}
}

// meaning writes all that a name stands for: a workload and a check may share one.
func meaning(out *strings.Builder, all []word, name string) error {
	found := slices.DeleteFunc(slices.Clone(all), func(w word) bool { return w.name != name })
	if len(found) == 0 {
		hint := yamlfile.Suggest(name, wordNames(all))
		if hint == "" {
			hint = "see dcdrill list, and dcdrill explain --help"
		}
		return &hinted{usage("there is no word %q to explain", name), hint}
	}
	for _, w := range found {
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		w.write(out)
	}
	return nil
}

func (w word) write(out *strings.Builder) {
	fmt.Fprintf(out, "%s (%s): %s\n", w.name, w.sort, w.doc)
	widest, short := 0, ""
	for _, f := range w.fields {
		widest = max(widest, len(f.Key))
		if f.Scalar && short == "" {
			short = f.Key
		}
	}
	for _, f := range w.fields {
		mark := " "
		if f.Required {
			mark = "*"
		}
		doc := f.Doc
		if len(f.Words) > 0 {
			doc += " (" + strings.Join(f.Words, ", ") + ")"
		}
		fmt.Fprintf(out, "  %s%s%s  %s\n", f.Key, mark, strings.Repeat(" ", widest-len(f.Key)), doc)
	}
	if slices.ContainsFunc(w.fields, func(f yamlfile.Field) bool { return f.Required }) {
		out.WriteString("  * must be given\n")
	}
	if short != "" {
		fmt.Fprintf(out, "  a word or a list in its place is its %s\n", short)
	}
}

func wordNames(all []word) []string {
	var names []string
	for _, w := range all {
		names = append(names, w.name)
	}
	return names
}

// glossary is all the words there are: the kinds, the rules, and the parts of files.
func glossary() []word {
	all := slices.Concat(kindWords("fault", sim.Faults), kindWords("workload", sim.Workloads), kindWords("check", sim.Checks))
	for _, k := range gate.Rules.Kinds() {
		severity := k.New().Severity
		all = append(all, word{name: k.Name, sort: fmt.Sprintf("rule, %s unless a policy says otherwise", severity), doc: k.Doc})
	}
	for _, part := range []struct {
		name, doc string
		spec      any
	}{
		{"topology", "a topology file: what stands there, what is plugged into what, and who talks to whom", topology.Spec{}},
		{"network", "a broadcast domain, under networks", topology.NetworkSpec{}},
		{"gateway", "what routes for a network, under its gateway", topology.GatewaySpec{}},
		{"node", "a device, or some alike, under topology.nodes", topology.NodeSpec{}},
		{"port", "where a cable of a node goes, under its ports", topology.PortSpec{}},
		{"link", "a cable that deserves a name, under topology.links", topology.LinkSpec{}},
		{"bond", "ports of a node that are used as one, under its bonds", topology.BondSpec{}},
		{"stp", "a switch's part in a spanning tree, under its stp", topology.STPSpec{}},
		{"group", "what stands in for what, and what shares a fate, under groups", topology.GroupSpec{}},
		{"pair", "two switches that appear as one, under a group's pair", topology.PairSpec{}},
		{"guard", "what takes all links of a group down when few are left, under a group's guard", topology.GuardSpec{}},
		{"boot", "how long a node takes to boot, stage by stage, under its boot", topology.BootSpec{}},
		{"routing", "how soon routed networks notice and go round a failure, under routing", topology.RoutingSpec{}},
		{"volume", "what an array serves, under its volumes", topology.VolumeSpec{}},
		{"datastore", "what the virtual machines of a host live on, under its datastores", topology.DatastoreSpec{}},
	} {
		all = append(all, word{name: part.name, sort: "part of a topology file", doc: part.doc, fields: yamlfile.Fields(part.spec)})
	}
	scenario, entry := scenarios.Fields()
	return append(all,
		word{name: "scenario", sort: "file", doc: "what goes wrong on a plant, and what is expected", fields: scenario},
		word{name: "entry", sort: "part of a scenario file", doc: "what is said of a fault in the timeline, beside its kind", fields: entry})
}

func kindWords[T any](sort string, kinds *sim.Registry[T]) []word {
	var all []word
	for _, k := range kinds.Kinds() {
		all = append(all, word{name: k.Name, sort: sort, doc: k.Doc, fields: yamlfile.Fields(k.New())})
	}
	return all
}
