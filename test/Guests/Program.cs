using System;
using System.Runtime;

using Serai.GuestKit;

namespace Serai.Guests;

/// <summary>Runs the story that the command line names (<c>guest=NAME</c>) and gives its verdict.</summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        ReadOnlySpan<byte> name = Guest.Option("guest="u8);
        if (Stories.Run(name))
        {
            Verdict.Finish(name);
            return;
        }

        Serai.GuestKit.Console.Write("FAIL no such guest: "u8);
        Serai.GuestKit.Console.WriteLine(name);
    }
}
