# Builds a shape in Mininet with Linux bridges and prints how long that took, and how long taking it down did.
import sys, time
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import Topo


class Star(Topo):
    def build(self, hosts):
        s = self.addSwitch('s1')
        for i in range(hosts):
            self.addLink(self.addHost('h%d' % (i + 1)), s)


class DualHomed(Topo):
    def build(self, switches, hosts):
        cores = [self.addSwitch('s%d' % (900 + i), stp=True) for i in range(2)]
        self.addLink(*cores)
        for i in range(switches):
            tor = self.addSwitch('s%d' % (i + 1), stp=True)
            for core in cores:
                self.addLink(core, tor)
            for j in range(hosts):
                self.addLink(self.addHost('h%d_%d' % (i + 1, j + 1)), tor)


topo = {'star': Star, 'dc': DualHomed}[sys.argv[1]](*[int(a) for a in sys.argv[2:]])
begin = time.time()
net = Mininet(topo, switch=LinuxBridge, controller=None)
net.start()
built = time.time()
net.stop()
print('up %.6f down %.6f' % (built - begin, time.time() - built))
