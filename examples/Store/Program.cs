using System;
using System.Runtime;

using Serai.GuestKit;

namespace Serai.Examples.Store;

/// <summary>
/// Two guests: role=server peer=ID keeps pages, role=client peer=ID uses it, after=MILLISECONDS. They share a ring and the client's pages, and
/// copy nothing else. With measure=1 the server first says what a grant costs.
/// </summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        var peer = (ushort)Guest.Number("peer="u8, 0);
        if (Guest.Option("role="u8).SequenceEqual("server"u8))
            Server.Run(peer);
        else
            Client.Run(peer);
    }
}
