// Package topology is the plant: what stands in a data centre and what is wired to what.
//
// A Spec is what a person types (YAML); a Plant is what it means: counts
// expanded, far ports numbered, networks carried over every trunk, an address
// for every interface. A Plant never changes once it is built: what breaks
// during a run is the business of package sim.
//
//	     isp                      external
//	      |
//	    edge1                     router
//	    /    \
//	core1 == core2                switches, a redundant pair
//	  |  \  /  |
//	  |   \/   |
//	 hv1 .. hv4   array1          hosts with bonds, storage with controllers
package topology
