using System;
using System.Runtime;

using Serai.GuestKit;

namespace Serai.Guests;

/// <summary>
/// Runs the story that the command line names (<c>guest=NAME</c>), or all of a folder (<c>guest=all-NAME</c>), each with its verdict.
/// </summary>
internal static class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main()
    {
        ReadOnlySpan<byte> name = Guest.Option("guest="u8);
        if (Stories.Run(name))
        {
            Serai.GuestKit.Console.WriteLine("END of the stories"u8);
            return;
        }

        Serai.GuestKit.Console.Write("FAIL no such guest: "u8);
        Serai.GuestKit.Console.WriteLine(name);
    }
}
