// Command dcdrill rebuilds a data centre in Linux network namespaces, breaks it the way real incidents did, and tells
// which workloads survive, how long the others are gone, why, and what brings them back.
package main

func main() {}
