using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Tasks;

namespace Serai.Boot.Tests.Harness;

/// <summary>
/// 100 MiB of noise on this host, where a guest behind QEMU's user network finds it at <see cref="Address"/>: at one port it is sent to who connects,
/// at the other it is taken back.
/// </summary>
public sealed class HostFile : IDisposable
{
    /// <summary>The host as the guest sees it.</summary>
    public const string Address = "10.0.2.2";

    private const int Pieces = 1600, PieceBytes = 65536;

    private readonly TcpListener _sender = Listen(), _taker = Listen();
    private readonly Task<string> _sent, _taken;

    /// <summary>Begins to wait for the guest.</summary>
    public HostFile()
    {
        _sent = Task.Run(Send);
        _taken = Task.Run(Take);
    }

    /// <summary>The port that sends.</summary>
    public int SendingPort => ((IPEndPoint)_sender.LocalEndpoint).Port;

    /// <summary>The port that takes.</summary>
    public int TakingPort => ((IPEndPoint)_taker.LocalEndpoint).Port;

    /// <summary>SHA-256 of what was sent, in small letters, when it was.</summary>
    public string Sent => _sent.Result;

    /// <summary>SHA-256 of what was taken until the guest closed the connection.</summary>
    public string Taken => _taken.Result;

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender.Dispose();
        _taker.Dispose();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private string Send()
    {
        using TcpClient guest = _sender.AcceptTcpClient();
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var noise = new Random(11);
        var piece = new byte[PieceBytes];
        for (int i = 0; i < Pieces; i++)
        {
            noise.NextBytes(piece);
            sum.AppendData(piece);
            guest.GetStream().Write(piece);
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    private string Take()
    {
        using TcpClient guest = _taker.AcceptTcpClient();
        return Convert.ToHexStringLower(SHA256.HashData(guest.GetStream()));
    }
}
