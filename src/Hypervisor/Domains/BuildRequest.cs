using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Domains;

/// <summary>A domain, or copies of one, to be built while others run.</summary>
public struct BuildRequest
{
        public ushort Module, First, Last;

        /// <summary>Whether it has run before, and where it stood then (<see cref="Account.Bequeath"/>).</summary>
        public bool IsAgain;

        /// <summary>How often it has started again soon after its start.</summary>
        public byte QuickReboots;
        public ulong Clock;
}
