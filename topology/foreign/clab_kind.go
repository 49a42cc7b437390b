package foreign

import "strings"

// role is what a node is to us.
type role string

const (
	toSwitch role = "switch" // routes between its links, and bridges its hosts
	toRouter role = "router"
	toHost   role = "host"
	toBridge role = "bridge" // a switch that only bridges
	storage  role = "storage"
	outside  role = "external"
	nothing  role = "" // a service of containerlab's own
)

// roles are containerlab's kinds by what the devices are, old names among them. Firewalls are routers.
var roles = map[string]role{
	"nokia_srlinux": toSwitch, "srl": toSwitch,
	"arista_ceos": toSwitch, "ceos": toSwitch, "arista_veos": toSwitch, "vr-veos": toSwitch, "vr-arista_veos": toSwitch,
	"juniper_vqfx": toSwitch, "vr-vqfx": toSwitch, "vr-juniper_vqfx": toSwitch,
	"juniper_vjunosswitch": toSwitch, "vr-vjunosswitch": toSwitch, "vr-juniper_vjunosswitch": toSwitch,
	"juniper_vjunosevolved": toSwitch, "juniper_cjunosevolved": toSwitch,
	"cisco_n9kv": toSwitch, "vr-n9kv": toSwitch, "vr-cisco_n9kv": toSwitch,
	"cisco_nxos": toSwitch, "vr-nxos": toSwitch, "vr-cisco_nxos": toSwitch,
	"cisco_cat9kv": toSwitch, "vr-cat9kv": toSwitch, "vr-cisco_cat9kv": toSwitch,
	"nvidia_cumulusvx": toSwitch, "cumulus_cvx": toSwitch, "cvx": toSwitch,
	"aruba_aoscx": toSwitch, "vr-aoscx": toSwitch, "vr-aruba_aoscx": toSwitch,
	"sonic-vs": toSwitch, "sonic-vm": toSwitch, "dell_sonic": toSwitch,
	"dell_ftosv": toSwitch, "vr-ftosv": toSwitch, "vr-dell_ftosv": toSwitch,
	"ipinfusion_ocnos": toSwitch, "arrcus_arcos": toSwitch, "ciena_saos": toSwitch,

	"nokia_sros": toRouter, "vr-sros": toRouter, "vr-nokia_sros": toRouter, "nokia_srsim": toRouter,
	"juniper_crpd": toRouter, "crpd": toRouter,
	"juniper_vmx": toRouter, "vr-vmx": toRouter, "vr-juniper_vmx": toRouter, "juniper_vjunosrouter": toRouter, "vr-vjunosrouter": toRouter,
	"juniper_vsrx": toRouter, "vr-vsrx": toRouter, "vr-juniper_vsrx": toRouter, "juniper_csrx": toRouter,
	"cisco_xrd": toRouter, "xrd": toRouter, "cisco_xrd_vrouter": toRouter,
	"cisco_xrv": toRouter, "vr-xrv": toRouter, "vr-cisco_xrv": toRouter,
	"cisco_xrv9k": toRouter, "vr-xrv9k": toRouter, "vr-cisco_xrv9k": toRouter,
	"cisco_csr1000v": toRouter, "vr-csr": toRouter, "vr-cisco_csr": toRouter, "vr-cisco_csr1000v": toRouter,
	"cisco_c8000": toRouter, "cisco_c8000v": toRouter, "vr-c8000v": toRouter, "cisco_iol": toRouter, "cisco_vios": toRouter,
	"cisco_ftdv": toRouter, "cisco_asav": toRouter,
	"mikrotik_ros": toRouter, "vr-ros": toRouter, "vr-mikrotik_ros": toRouter,
	"huawei_vrp": toRouter, "vr-huawei_vrp": toRouter, "paloalto_panos": toRouter, "vr-pan": toRouter, "vr-paloalto_panos": toRouter,
	"fortinet_fortigate": toRouter, "vr-fortinet_fortigate": toRouter, "checkpoint_cloudguard": toRouter,
	"6wind_vsr": toRouter, "fdio_vpp": toRouter, "rare": toRouter, "vyosnetworks_vyos": toRouter, "openwrt": toRouter,
	"veesix_osvbng": toRouter, "f5_bigip-ve": toRouter, "f5_bigipve": toRouter, "stormshield_sns": toRouter, "sophos_firewall": toRouter,

	"linux": toHost, "freebsd": toHost, "openbsd": toHost, "generic_vm": toHost, "ext-container": toHost, "k8s-kind": toHost,
	"keysight_ixia-c-one": toHost, "spirent_stc": toHost,

	"bridge": toBridge, "ovs-bridge": toBridge,
	"host":       outside,
	"mysocketio": nothing, "border0": nothing,
}

// kindNames lists the kinds, for suggestions.
func kindNames() []string {
	var names []string
	for k := range roles {
		names = append(names, k)
	}
	return names
}

// routers are images of Linux containers that route.
var routers = []string{"frr", "quagga", "bird", "gobgp", "holo", "vyos", "openbgpd", "freertr"}

// roleOf says what a node is: by its kind, and where that leaves it open by its type and image.
func roleOf(kind, sort, image string) (role, bool) {
	r, known := roles[kind]
	switch {
	case kind == "cisco_iol" && strings.EqualFold(sort, "l2"):
		r = toBridge
	case kind == "linux":
		_, name := splitImage(image)
		for _, word := range routers {
			if strings.Contains(name, word) {
				r = toRouter
			}
		}
	}
	return r, known
}

// splitImage cuts the registry's name off an image: what a company is called says nothing of what is in it.
func splitImage(image string) (registry, name string) {
	at := strings.Index(image, "/")
	if at < 0 || !strings.ContainsAny(image[:at], ".:") {
		return "", strings.ToLower(image)
	}
	return image[:at], strings.ToLower(image[at+1:])
}
