using System;
using System.IO;
using Xunit;

namespace Serai.Package.Tests;

/// <summary>The package as it is built.</summary>
public sealed class BuildTests : IDisposable
{
    private const string Version = "for part in progress deb; do source tools/run/$part.sh; done; cd \"$1\"; deb_version";

    private readonly string folder = Directory.CreateTempSubdirectory("serai").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Whatever file system it is built on, and whatever the umask.</summary>
    [Fact]
    public void TheSameComesOutOfTheSame()
    {
        const string script = """
            cd "$1"
            head -c 100000 /dev/zero > image
            export SOURCE_DATE_EPOCH=1000000000
            (umask 022; "$2/tools/package/build-deb" image 0.1.1 first.deb)
            (umask 077; TMPDIR=/dev/shm "$2/tools/package/build-deb" image 0.1.1 second.deb)
            cmp first.deb second.deb
            dpkg-deb -f first.deb Installed-Size
            diff <(dpkg-deb -I first.deb conffiles) <(dpkg-deb --fsys-tarfile first.deb | tar -t | sed -n 's,^\.\(/etc/.*[^/]\)$,\1,p' | sort)
            """;
        Outcome outcome = Shell.Bash(script, folder, Repository.Root);
        Assert.Equal((0, ""), (outcome.Status, outcome.Messages));
    }

    [Fact]
    public void TheVersionCountsCommits()
    {
        MakeHistory();
        Assert.Equal((0, "0.1.3"), Told("whole"));
        File.AppendAllText(Path.Combine(folder, "whole/file"), "more");
        Assert.Equal((0, "0.1.3+changed"), Told("whole"));
    }

    [Theory]
    [InlineData("shallow")]
    [InlineData("none")]
    public void WithoutAllCommitsThereIsNoVersion(string copy)
    {
        MakeHistory();
        Assert.Equal((1, ""), Told(copy));
    }

    private (int Status, string Line) Told(string copy)
    {
        Outcome outcome = Shell.Bash(Version, Path.Combine(folder, copy));
        Assert.Equal(outcome.Status != 0, outcome.Messages.Contains("git fetch --unshallow", StringComparison.Ordinal));
        return (outcome.Status, outcome.Lines[0]);
    }

    private void MakeHistory()
    {
        const string script = """
            cd "$1"
            mkdir none whole
            git init -q whole
            for text in one two three; do
                echo $text > whole/file
                git -C whole add file
                git -C whole -c user.name=a -c user.email=a@example.invalid commit -q -m "$text"
            done
            git clone -q --depth 1 "file://$1/whole" shallow
            """;
        Outcome outcome = Shell.Bash(script, folder);
        Assert.True(outcome.Status == 0, outcome.Messages);
    }
}
