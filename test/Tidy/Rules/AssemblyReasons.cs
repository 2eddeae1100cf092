using System;
using System.Collections.Generic;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Assembly is the last resort, so each file of it opens with the reason why it is not C#.</summary>
public static class AssemblyReasons
{
    private const int LeastWords = 5;

    /// <summary>Files of assembly or linker script that do not begin with a comment of a sentence.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files)
        {
            if (file.Extension is ".S" or ".s" or ".asm" or ".lds" or ".inc" && OpeningWords(file.Text) < LeastWords)
                yield return file.At(1, "opens without a comment that says what it is for and why it is not C#");
        }
    }

    private static int OpeningWords(string text)
    {
        text = text.TrimStart();
        string comment = "";
        if (text.StartsWith("/*", StringComparison.Ordinal))
        {
            int end = text.IndexOf("*/", StringComparison.Ordinal);
            comment = end < 0 ? text : text[..end];
        }
        else
        {
            foreach (string line in text.Split('\n'))
            {
                bool isComment = line.StartsWith("//", StringComparison.Ordinal) || line.StartsWith("# ", StringComparison.Ordinal);
                if (!isComment)
                    break;
                comment += line + " ";
            }
        }
        return comment.Split([' ', '\n', '\t', '#', '/', '*'], StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
